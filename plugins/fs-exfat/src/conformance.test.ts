import { describe, test } from 'vitest';
import { checkRecipe, RECIPE_TIMEOUT, toolsMissing, whyNot } from '@diskwright/sdk/testing';
import conformance from './conformance/index';
import plugin from './main';

describe.skipIf(toolsMissing(...conformance.tools))(
  'names, metadata, contents and allocation are what the FUSE driver and exfatprogs say',
  () => {
    test.for(conformance.recipes)('$name', { timeout: RECIPE_TIMEOUT }, async (recipe, { skip }) => {
      const reason = whyNot(recipe);
      skip(reason !== null, reason ?? '');
      await checkRecipe(conformance, recipe, plugin);
    });
  },
);
