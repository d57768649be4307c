'use strict';

/** Loads the addon; `index.d.ts` describes what it exports. */
module.exports = require('./build/Release/diskwright.node');
