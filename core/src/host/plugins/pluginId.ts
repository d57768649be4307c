/** `@diskwright/fs-ext` is `fs-ext`, `@vendor/image-xyz` is `vendor.image-xyz`. */
export function pluginId(packageName: string): string {
  return packageName
    .replace(/^@diskwright\//, '')
    .replace(/^@/, '')
    .replace('/', '.');
}
