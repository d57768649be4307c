/** The partition-edit plugin: plans that change a partition table and move what its partitions hold. */
import { definePlugin } from '@diskwright/sdk';

export default definePlugin({ commands: {} });
