import { describe, test } from 'vitest';
import { checkContainerRecipe, missingTools, toolsMissing, whyNot } from '@diskwright/sdk/testing';
import conformance from './conformance/index';
import plugin from './main';

describe.skipIf(toolsMissing(...conformance.tools))('containers hold what QEMU, cryptsetup and the kernel encrypted', () => {
  test.for(conformance.recipes)('$name', { timeout: 120_000 }, async (recipe, { skip }) => {
    const missing = missingTools(recipe.tools ?? []);
    const reason = missing.length > 0 ? `not installed: ${missing.join(', ')}` : whyNot(recipe);
    skip(reason !== null, reason ?? '');
    await checkContainerRecipe(conformance, recipe, plugin);
  });
});
