/** A plugin with one command. Its id, its form and its words on the command line stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { attributesCommand } from './attributesCommand';

export default definePlugin({ commands: { 'example.gptAttributes': attributesCommand } });
