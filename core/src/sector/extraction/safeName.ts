/** What no name of Linux may hold. */
const SLASH = 0x2f;
const LONGEST_NAME_BYTES = 255;

/** The bytes of one component of a path, and whether they had to be changed to be a name at all. */
export interface SafeName {
  bytes: Buffer;
  changed: boolean;
}

/** A component as a name that leads nowhere else: never empty, `.`, `..`, with a slash or a NUL, or longer than a name may be. */
export function safeName(component: Buffer): SafeName {
  const isPlain =
    component.length > 0 && component.length <= LONGEST_NAME_BYTES && !component.includes(SLASH) && !component.includes(0);
  if (isPlain && !isDots(component)) return { bytes: component, changed: false };
  if (component.length === 0) return { bytes: Buffer.from('_'), changed: true };
  if (isDots(component)) return { bytes: Buffer.from('_'.repeat(component.length)), changed: true };
  const bytes = Buffer.from(component.subarray(0, LONGEST_NAME_BYTES));
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === SLASH || bytes[at] === 0) bytes[at] = 0x5f;
  return { bytes: wholeCharacters(bytes, component.length), changed: true };
}

/** Another name for what cannot have its own, because that is taken or not taken by the filesystem: the `attempt` is in it. */
export function otherName(name: Buffer, attempt: number): Buffer {
  const text = name.toString('utf8');
  const dot = text.lastIndexOf('.');
  const [stem, ending] = dot > 0 && text.length - dot <= 16 ? [text.slice(0, dot), text.slice(dot)] : [text, ''];
  const tail = `~${attempt}${ending}`;
  const plain = attempt === 1 ? stem : portable(stem);
  const whole = Buffer.from(plain);
  const kept = wholeCharacters(whole.subarray(0, LONGEST_NAME_BYTES - Buffer.byteLength(tail)), whole.length);
  return Buffer.concat([kept, Buffer.from(portable(tail))]);
}

/** Without what FAT, NTFS and their like take in no name. */
function portable(text: string): string {
  return text.replace(/[\u0000-\u001f<>:"|?*\\\u007f\ufffd]/g, '_');
}

function isDots(name: Buffer): boolean {
  return name.length <= 2 && name.every((byte) => byte === 0x2e);
}

/** Cut where a character of UTF-8 ends, when bytes of one that is longer were taken. */
function wholeCharacters(bytes: Buffer, wholeLength: number): Buffer {
  if (wholeLength <= bytes.length) return bytes;
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 3 && (bytes[end - 1]! & 0xc0) === 0x80) end--;
  return end > 0 && bytes[end - 1]! >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}
