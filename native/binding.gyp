{
  'target_defaults': {
    'cflags_cc': ['-std=c++17', '-Wall', '-Wextra', '-Wno-unused-parameter'],
    'defines': ['_FILE_OFFSET_BITS=64', '_GNU_SOURCE'],
  },
  'targets': [
    {
      # The C implementation of BLAKE3, portable code plus what the processor's family offers (chosen at run time).
      'target_name': 'blake3',
      'type': 'static_library',
      'include_dirs': ['third_party/blake3'],
      'cflags': ['-fPIC', '-O3'],
      'sources': [
        'third_party/blake3/blake3.c',
        'third_party/blake3/blake3_dispatch.c',
        'third_party/blake3/blake3_portable.c',
      ],
      'conditions': [
        ['target_arch=="x64" and OS!="win"', {
          'sources': [
            'third_party/blake3/blake3_sse2_x86-64_unix.S',
            'third_party/blake3/blake3_sse41_x86-64_unix.S',
            'third_party/blake3/blake3_avx2_x86-64_unix.S',
            'third_party/blake3/blake3_avx512_x86-64_unix.S',
          ],
        }],
        ['target_arch=="arm64"', {
          'sources': ['third_party/blake3/blake3_neon.c'],
          'defines': ['BLAKE3_USE_NEON=1'],
        }],
        ['target_arch!="x64" or OS=="win"', {
          'defines': ['BLAKE3_NO_SSE2', 'BLAKE3_NO_SSE41', 'BLAKE3_NO_AVX2', 'BLAKE3_NO_AVX512'],
        }],
      ],
    },
    {
      'target_name': 'diskwright',
      'dependencies': ['blake3'],
      'include_dirs': [
        '<!(node -p "require(\'node-addon-api\').include_dir")',
        'third_party/blake3',
      ],
      'defines': [
        'NAPI_VERSION=9',
        'NODE_ADDON_API_CPP_EXCEPTIONS',
        # Every C++ exception becomes a JavaScript one, and none ends the process while an environment is torn down.
        'NODE_ADDON_API_CPP_EXCEPTIONS_ALL',
        'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
        'NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED',
      ],
      'cflags_cc!': ['-fno-exceptions'],
      'cflags_cc': ['-fexceptions', '-O2', '-fvisibility=hidden'],
      'sources': [
        'src/addon.cc',
        'src/arguments.cc',
        'src/asyncWork.cc',
        'src/copyEngine.cc',
        'src/copyJob.cc',
        'src/deviceBindings.cc',
        'src/extentList.cc',
        'src/folderWriterBindings.cc',
        'src/hashBindings.cc',
        'src/ioError.cc',
        'src/job.cc',
        'src/jobBindings.cc',
        'src/lockBindings.cc',
        'src/loopBindings.cc',
        'src/nbd/dataReply.cc',
        'src/nbd/readRanges.cc',
        'src/nbd/readServer.cc',
        'src/nbdBindings.cc',
        'src/positionalIo.cc',
        'src/rangeBindings.cc',
        'src/requestMemory.cc',
        'src/requestWatch.cc',
        'src/search/automaton.cc',
        'src/search/searcher.cc',
        'src/search/sequence.cc',
        'src/searchBindings.cc',
        'src/sectorReader.cc',
        'src/sharedReads.cc',
        'src/sharedReadsBindings.cc',
        'src/socketBindings.cc',
        'src/verifyEngine.cc',
        'src/verifyJob.cc',
      ],
      'conditions': [
        ['OS=="linux"', {
          'sources': [
            'src/deviceSpace_linux.cc',
            'src/device_linux.cc',
            'src/folderPaths_linux.cc',
            'src/folderWriter_linux.cc',
            'src/locks_linux.cc',
            'src/loopDevice_linux.cc',
            'src/sockets_linux.cc',
            'src/threads_posix.cc',
          ],
        }],
      ],
    },
  ],
  'conditions': [
    ['OS=="linux"', {
      'targets': [
        {
          # Sandboxes plugin processes. Plain C: it starts in under a millisecond.
          'target_name': 'diskwright-launcher',
          'type': 'executable',
          'cflags_c': ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-fPIE', '-fstack-protector-strong'],
          'defines': ['_FORTIFY_SOURCE=2'],
          'ldflags': ['-pie', '-Wl,-z,relro', '-Wl,-z,now'],
          'ldflags!': ['-rdynamic'],
          'sources': [
            'src/launcher/deniedCalls.c',
            'src/launcher/descriptors.c',
            'src/launcher/filesystemView.c',
            'src/launcher/landlock.c',
            'src/launcher/limits.c',
            'src/launcher/main.c',
            'src/launcher/options.c',
            'src/launcher/privileges.c',
            'src/launcher/refuse.c',
            'src/launcher/report.c',
            'src/launcher/runtimePaths.c',
            'src/launcher/systemCallFilter.c',
          ],
        },
      ],
    }],
  ],
}
