// A short name for a text, so that a changed picture has a changed address. Not for secrets.

/** FNV-1a, 32 bits, in base 36. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
