// Runs the recipes and the oracle of a plugin's author for "diskwright plugin test", in a process of its own: what they run blocks it, and may be cut off.
import { pathToFileURL } from 'node:url';

const { default: exported } = await import(pathToFileURL(process.argv[2]).href);
// A bundle in CommonJS has its default export one level deeper.
const { filesystem, tools = [], recipes, oracle, judgeCopy } = exported?.default ?? exported ?? {};
if (typeof filesystem !== 'string' || !Array.isArray(recipes) || typeof oracle !== 'function')
  throw new Error('its default export is no conformance: "filesystem", "recipes" and "oracle" are needed');

const described = recipes.map(({ make: _make, ...recipe }) => JSON.parse(JSON.stringify(recipe)));
const work = {
  describe: () => ({ filesystem, tools, recipes: described, judgesCopies: judgeCopy !== undefined }),
  make: ({ recipe, path, seed }) => recipes[recipe].make(path, seed),
  list: async ({ recipe, path, seed }) => {
    const listing = await oracle(path, recipes[recipe], seed);
    return { ...listing, allocated: listing.allocated && [...listing.allocated] };
  },
  judge: ({ recipe, path, copy }) => judgeCopy(copy, path, recipes[recipe]),
};

process.on('message', async ({ id, method, ...params }) => {
  try {
    process.send({ id, result: await work[method](params) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
