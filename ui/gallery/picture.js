// Screenshots made small: a picture of a window has few colours that matter, so 256 of them are kept and the file is a palette PNG.
// It reads what Chromium writes (8 bits a channel, not interlaced) and nothing else.
import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG with at most 256 colours of a PNG with any. */
export function small(png) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts]
    .sort((one, other) => other[1] - one[1])
    .slice(0, 256)
    .map(([colour]) => colour);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const place = (colour) => {
    const known = places.get(colour);
    if (known !== undefined) return known;
    const found = nearest(colour, palette);
    places.set(colour, found);
    return found;
  };
  const bytes = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      bytes[row * (width + 1) + 1 + column] = place(pixels[row * width + column]);
    }
  }
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const data = deflateSync(bytes, { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk("IHDR", head), chunk("PLTE", colours), chunk("IDAT", data), chunk("IEND")]);
}

/** Width, height and the pixels as 0xRRGGBB. */
function decode(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = { 2: 3, 6: 4 }[png[25]];
  if (!png.subarray(0, 8).equals(signature) || png[24] !== 8 || !channels || png[28] !== 0) {
    throw new Error("not a picture as Chromium writes it");
  }
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const bytes = inflateSync(Buffer.concat(data));
  const line = width * channels;
  let before = Buffer.alloc(line);
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = row * (line + 1);
    const now = bytes.subarray(start + 1, start + 1 + line);
    unfilter(bytes[start], now, before, channels);
    for (let column = 0; column < width; column++) {
      const at = column * channels;
      pixels[row * width + column] = (now[at] << 16) | (now[at + 1] << 8) | now[at + 2];
    }
    before = now;
  }
  return { width, height, pixels };
}

/** PNG, section 9.2: the five filters. */
function unfilter(filter, now, before, channels) {
  for (let at = 0; at < now.length; at++) {
    const [left, up, corner] = [
      at < channels ? 0 : now[at - channels],
      before[at],
      at < channels ? 0 : before[at - channels],
    ];
    now[at] += [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
  }
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [one, two, three] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return one <= two && one <= three ? left : two <= three ? up : corner;
}

function nearest(colour, palette) {
  let [best, distance] = [0, Infinity];
  for (const [place, it] of palette.entries()) {
    const away = [16, 8, 0].reduce((sum, shift) => sum + (((colour >> shift) & 255) - ((it >> shift) & 255)) ** 2, 0);
    if (away < distance) [best, distance] = [place, away];
  }
  return best;
}

function chunk(name, data = Buffer.alloc(0)) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
