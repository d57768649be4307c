/** What the types of segments that are not read are, by the names that the metadata have for them. */
const KINDS: Record<string, string> = {
  mirror: 'a mirror',
  snapshot: 'a snapshot',
  'thin-pool': 'a pool of thin volumes',
  thin: 'a thin volume',
  'cache-pool': 'a pool for caching',
  cache: 'a cached volume',
  writecache: 'a volume with a write cache',
  'vdo-pool': 'a pool of deduplicated volumes (VDO)',
  vdo: 'a deduplicated volume (VDO)',
  integrity: 'a volume with checksums (dm-integrity)',
  error: 'a volume of which every read fails',
};

/** Why a volume with a segment of this type cannot be read. Newer kinds are named as the metadata name them. */
export function whyUnread(type: string): string {
  // Flags may follow: `thin+crop_metadata`.
  const plain = type.split('+')[0]!;
  const words = /^raid\d/.test(plain) ? plain.toUpperCase().replace('_', ', ') : (KINDS[plain] ?? 'of an unknown kind');
  return `it is ${words} (type ${type}), which is not read`;
}
