/** A plugin with one command that shows something. Its form and its words on the command line stand in package.json. */
import { definePlugin } from '@diskwright/sdk';
import { zerosCommand } from './zerosCommand';

export default definePlugin({ commands: { 'example-name.zeros': zerosCommand } });
