/**
 * A plugin with two ways to show something: a command that answers data, which Diskwright draws, and a page of its own, for what data cannot show. Their forms, words and
 * places stand in package.json.
 */
import { definePlugin } from '@diskwright/sdk';
import { zerosCommand } from './zerosCommand';
import { zerosView } from './zerosView';

export default definePlugin({
  commands: { 'example-name.zeros': zerosCommand },
  views: { 'example-name.page': zerosView },
});
