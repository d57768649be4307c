#include "report.h"

#include <inttypes.h>
#include <stdio.h>

#include "refuse.h"

void reportMissing(struct report* report, const char* sentence) {
  if (report->missingCount == MAXIMUM_MISSING) refuse("too many missing protections");
  report->missing[report->missingCount++] = sentence;
}

static const char* boolean(bool value) { return value ? "true" : "false"; }

void sendReport(const struct report* report, int descriptor) {
  FILE* stream = fdopen(descriptor, "w");
  if (stream == NULL) refuseWithErrno("the report pipe (descriptor %d) cannot be used", descriptor);
  fprintf(stream, "{\"landlock\":{\"abi\":%d,\"used\":%d}", report->landlockAbi, report->landlockUsed);
  fprintf(stream, ",\"seccomp\":%s", boolean(report->seccomp));
  if (report->uid < 0) {
    fputs(",\"uid\":null", stream);
  } else {
    fprintf(stream, ",\"uid\":%" PRId64, report->uid);
  }
  fprintf(stream, ",\"namespaces\":%s", boolean(report->namespaces));
  fprintf(stream, ",\"permissionModel\":%s", boolean(report->permissionModel));
  fprintf(stream, ",\"memoryLimit\":%" PRId64 ",\"missing\":[", report->memoryLimitBytes);
  for (size_t i = 0; i < report->missingCount; i++) fprintf(stream, "%s\"%s\"", i == 0 ? "" : ",", report->missing[i]);
  fputs("]}\n", stream);
  if (fclose(stream) != 0) refuseWithErrno("the report could not be written");
}
