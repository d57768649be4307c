#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "refuse.h"

static void append(struct textList* list, const char* name, const char* value) {
  if (list->count == MAXIMUM_TEXTS) refuse("more than %d times %s", MAXIMUM_TEXTS, name);
  list->items[list->count++] = value;
}

static int64_t parseNumber(const char* name, const char* value) {
  char* end = NULL;
  errno = 0;
  const long long number = strtoll(value, &end, 10);
  if (errno != 0 || end == value || *end != '\0' || number < 0) refuse("%s needs a whole number, not \"%s\"", name, value);
  return number;
}

static void requireAbsolute(const char* what, const char* path) {
  if (path != NULL && path[0] != '/') refuse("%s has to be an absolute path, not \"%s\"", what, path);
}

static void checkPaths(const struct options* options) {
  for (size_t i = 0; i < options->readable.count; i++) requireAbsolute("--read", options->readable.items[i]);
  for (size_t i = 0; i < options->tools.count; i++) requireAbsolute("--allow-exec", options->tools.items[i]);
  requireAbsolute("--folder", options->folder);
  requireAbsolute("--main", options->mainFile);
  requireAbsolute("--cache", options->cacheFile);
  requireAbsolute("the program", options->command[0]);
}

static void checkCombination(const struct options* options) {
  const bool root = geteuid() == 0;
  if (options->parent <= 0) refuse("--parent is missing");
  if (options->memoryBytes <= 0) refuse("--memory is missing");
  if (root && (options->uid <= 0 || options->gid <= 0)) refuse("as root, --uid and --gid have to name an ordinary user and group");
  if (root && (options->uid > UINT32_MAX - 1 || options->gid > UINT32_MAX - 1)) refuse("--uid or --gid is too large");
  if (!root && (options->uid >= 0 || options->gid >= 0)) refuse("--uid and --gid need root");
}

/** Stores an option that takes a value; false when there is none of this name. */
static bool takeValue(struct options* options, const char* name, const char* value) {
  if (strcmp(name, "--read") == 0) return append(&options->readable, name, value), true;
  if (strcmp(name, "--allow-exec") == 0) return append(&options->tools, name, value), true;
  if (strcmp(name, "--permission-argument") == 0) return append(&options->permissionArguments, name, value), true;
  if (strcmp(name, "--folder") == 0) return options->folder = value, append(&options->readable, name, value), true;
  if (strcmp(name, "--main") == 0) return options->mainFile = value, true;
  if (strcmp(name, "--cache") == 0) return options->cacheFile = value, true;
  if (strcmp(name, "--uid") == 0) return options->uid = parseNumber(name, value), true;
  if (strcmp(name, "--gid") == 0) return options->gid = parseNumber(name, value), true;
  if (strcmp(name, "--memory") == 0) return options->memoryBytes = parseNumber(name, value), true;
  if (strcmp(name, "--landlock-abi") == 0) return options->landlockAbi = parseNumber(name, value), true;
  if (strcmp(name, "--parent") == 0) return options->parent = parseNumber(name, value), true;
  return false;
}

void parseOptions(int count, char** arguments, struct options* options) {
  *options = (struct options){.uid = -1, .gid = -1, .memoryBytes = -1, .landlockAbi = -1, .parent = -1};
  int index = 1;
  while (index < count && strcmp(arguments[index], "--") != 0) {
    const char* name = arguments[index++];
    if (strcmp(name, "--without-namespaces") == 0) {
      options->withoutNamespaces = true;
      continue;
    }
    if (index >= count) refuse("%s needs a value", name);
    if (!takeValue(options, name, arguments[index++])) refuse("unknown option %s", name);
  }
  if (index + 1 >= count) refuse("usage: diskwright-launcher [options] -- PROGRAM [ARGUMENT...]");
  options->command = arguments + index + 1;
  checkPaths(options);
  checkCombination(options);
}
