/** Volume groups of LVM2. */
import { definePlugin } from '@diskwright/sdk';
import { lvm2Provider } from './provider';

export default definePlugin({ containers: { lvm2: lvm2Provider } });
