// Runs the recipes and the oracle of a plugin's author for "diskwright plugin test", in a process of its own: what they run blocks it, and may be cut off.
import { pathToFileURL } from 'node:url';

const { default: exported } = await import(pathToFileURL(process.argv[2]).href);
// A bundle in CommonJS has its default export one level deeper.
const { filesystem, container, tools = [], recipes, oracle, judgeCopy, mend } = exported?.default ?? exported ?? {};
const named = [filesystem, container].filter((name) => typeof name === 'string');
if (named.length !== 1 || !Array.isArray(recipes) || typeof oracle !== 'function')
  throw new Error('its default export is no conformance: "filesystem" or "container", "recipes" and "oracle" are needed');

const described = recipes.map(({ make: _make, ...recipe }) => JSON.parse(JSON.stringify(recipe)));
/** A filesystem is on one file, and told its path; a container may be on several. */
const given = (paths) => (container === undefined ? paths[0] : paths);
const work = {
  describe: () => ({
    filesystem: filesystem ?? null,
    container: container ?? null,
    tools,
    recipes: described,
    judgesCopies: judgeCopy !== undefined,
    mends: mend !== undefined,
  }),
  make: ({ recipe, paths, seed }) => recipes[recipe].make(given(paths), seed),
  list: async ({ recipe, paths, seed }) => {
    const listing = await oracle(given(paths), recipes[recipe], seed);
    return { ...listing, allocated: listing.allocated && [...listing.allocated] };
  },
  judge: ({ recipe, paths, copy }) => judgeCopy(copy, given(paths), recipes[recipe]),
  mend: ({ recipe, paths, mutation }) => mend(paths, recipes[recipe], mutation),
};

process.on('message', async ({ id, method, ...params }) => {
  try {
    process.send({ id, result: await work[method](params) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
