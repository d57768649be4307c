import { describe, test } from 'vitest';
import { checkContainerRecipe, toolsMissing, whyNot } from '@diskwright/sdk/testing';
import conformance from './conformance/index';
import plugin from './main';

describe.skipIf(toolsMissing(...conformance.tools))(
  'volume groups are what LVM says, volumes have the bytes of their segments',
  () => {
    test.for(conformance.recipes)('$name', { timeout: 120_000 }, async (recipe, { skip }) => {
      const reason = whyNot(recipe);
      skip(reason !== null, reason ?? '');
      await checkContainerRecipe(conformance, recipe, plugin);
    });
  },
);
