#include "refuse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void printLine(const char* format, va_list arguments, const char* reason) {
  fputs("diskwright-launcher: ", stderr);
  vfprintf(stderr, format, arguments);
  if (reason != NULL) fprintf(stderr, ": %s", reason);
  fputc('\n', stderr);
}

void refuse(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printLine(format, arguments, NULL);
  va_end(arguments);
  exit(REFUSED_STATUS);
}

void refuseWithErrno(const char* format, ...) {
  const char* reason = strerror(errno);
  va_list arguments;
  va_start(arguments, format);
  printLine(format, arguments, reason);
  va_end(arguments);
  exit(REFUSED_STATUS);
}
