'use strict';

/** Loads the addon; `index.d.ts` describes what it exports. Each name stands here, so that ES modules can import it. */
const native = require('./build/Release/diskwright.node');

exports.open = native.open;
exports.describe = native.describe;
exports.flush = native.flush;
exports.dropCaches = native.dropCaches;
exports.rereadPartitions = native.rereadPartitions;
exports.read = native.read;
exports.readInto = native.readInto;
exports.write = native.write;
exports.dataRanges = native.dataRanges;
exports.zero = native.zero;
exports.discard = native.discard;
exports.cloneRange = native.cloneRange;
exports.lockFile = native.lockFile;
exports.probeFileLock = native.probeFileLock;
exports.lockDevice = native.lockDevice;
exports.loopBacking = native.loopBacking;
exports.peerCredentials = native.peerCredentials;
exports.sendDescriptor = native.sendDescriptor;
exports.receiveDescriptor = native.receiveDescriptor;
exports.blake3 = native.blake3;
exports.isZero = native.isZero;
exports.Blake3 = native.Blake3;
exports.SharedReads = native.SharedReads;
exports.SharedReader = native.SharedReader;
exports.CopyJob = native.CopyJob;
exports.VerifyJob = native.VerifyJob;
exports.Searcher = native.Searcher;
exports.NbdReadServer = native.NbdReadServer;
exports.FolderWriter = native.FolderWriter;
