/** A plugin with one command. Its ids, its form and its words on the command line stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { stampCommand } from './stampCommand';

export default definePlugin({ commands: { 'example-name.stamp': stampCommand } });
