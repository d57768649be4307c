/** A plugin with one view: its page is in `view`, what measures for it here. */
import { definePlugin } from '@diskwright/sdk';
import { entropyView } from './entropyView';

export default definePlugin({ views: { 'example.entropyView': entropyView } });
