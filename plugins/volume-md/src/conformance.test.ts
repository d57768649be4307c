import { describe, test } from 'vitest';
import { checkContainerRecipe, toolsMissing } from '@diskwright/sdk/testing';
import conformance from './conformance/index';
import plugin from './main';

describe.skipIf(toolsMissing(...conformance.tools))('arrays are what mdadm says, with the content that the driver read', () => {
  test.for(conformance.recipes)('$name', async (recipe) => {
    await checkContainerRecipe(conformance, recipe, plugin);
  });
});
