/** Arrays of Linux' md driver. */
import { definePlugin } from '@diskwright/sdk';
import { mdProvider } from './provider';

export default definePlugin({ containers: { md: mdProvider } });
