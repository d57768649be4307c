import { NAME_INDEX } from '../files/directoryIndex';
import { AttributeType } from '../structures/fileRecord';

const words: Record<number, string> = {
  [AttributeType.ATTRIBUTE_LIST]: 'attribute list of',
  [AttributeType.SECURITY_DESCRIPTOR]: 'security descriptor of',
  [AttributeType.BITMAP]: 'bitmap of',
  [AttributeType.REPARSE_POINT]: 'reparse point of',
  [AttributeType.EA]: 'extended attributes of',
};

/** What an attribute is to its file, in words that the file's name follows; empty for content. */
export function attributeWords(type: number, name: string): string {
  if (type === AttributeType.DATA) return name === '' ? '' : `stream ${name} of`;
  if (type === AttributeType.INDEX_ALLOCATION) return name === NAME_INDEX ? 'directory' : `index ${name} of`;
  return words[type] ?? `attribute 0x${type.toString(16)} of`;
}
