// What a provider says about a person, as the shell tells it.

export interface Claim {
  readonly name: string;
  readonly kind: "text" | "number" | "boolean" | "list" | "object" | "null";
  /** Without control or bidirectional characters, at most 2,000 characters; lists and objects as compact JSON. */
  readonly text: string;
  /** It was longer. */
  readonly cut: boolean;
}
