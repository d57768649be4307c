#include "ioError.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace {

struct Name {
  int number;
  const char* text;
};

constexpr Name kNames[] = {
    {EPERM, "EPERM"},         {ENOENT, "ENOENT"},     {EINTR, "EINTR"},         {EIO, "EIO"},
    {ENXIO, "ENXIO"},         {EBADF, "EBADF"},       {EAGAIN, "EAGAIN"},       {ENOMEM, "ENOMEM"},
    {EACCES, "EACCES"},       {EFAULT, "EFAULT"},     {EBUSY, "EBUSY"},         {EEXIST, "EEXIST"},
    {ENODEV, "ENODEV"},       {ENOTDIR, "ENOTDIR"},   {EISDIR, "EISDIR"},       {EINVAL, "EINVAL"},
    {ENFILE, "ENFILE"},       {EMFILE, "EMFILE"},     {ENOTTY, "ENOTTY"},       {ETXTBSY, "ETXTBSY"},
    {EFBIG, "EFBIG"},         {ENOSPC, "ENOSPC"},     {ESPIPE, "ESPIPE"},       {EROFS, "EROFS"},
    {EPIPE, "EPIPE"},         {ELOOP, "ELOOP"},       {ENAMETOOLONG, "ENAMETOOLONG"},
    {ENOSYS, "ENOSYS"},       {EOVERFLOW, "EOVERFLOW"}, {EOPNOTSUPP, "EOPNOTSUPP"},
    {ENOTSOCK, "ENOTSOCK"},   {EMSGSIZE, "EMSGSIZE"}, {ECONNRESET, "ECONNRESET"}, {ENOTCONN, "ENOTCONN"},
    {ETIMEDOUT, "ETIMEDOUT"}, {ESTALE, "ESTALE"},   {ECONNABORTED, "ECONNABORTED"},
#ifdef EBADMSG
    {EBADMSG, "EBADMSG"},
#endif
#ifdef ENODATA
    {ENODATA, "ENODATA"},
#endif
#ifdef EDQUOT
    {EDQUOT, "EDQUOT"},
#endif
#ifdef EREMOTEIO
    {EREMOTEIO, "EREMOTEIO"},
#endif
#ifdef ENOMEDIUM
    {ENOMEDIUM, "ENOMEDIUM"},
#endif
#ifdef EILSEQ
    {EILSEQ, "EILSEQ"},
#endif
#ifdef EUCLEAN
    {EUCLEAN, "EUCLEAN"},
#endif
};

std::string describe(int errorNumber, const std::string& operation, int64_t offset) {
  std::string text = operation;
  if (offset != IoError::kNoOffset) text += " at offset " + std::to_string(offset);
  const char* reason = errorNumber == IoError::kEndOfDevice ? "The device ends here" : std::strerror(errorNumber);
  return text + ": " + reason + " (" + errorName(errorNumber) + ")";
}

}  // namespace

IoError::IoError(int errorNumber, std::string operation, int64_t offset)
    : std::runtime_error(describe(errorNumber, operation, offset)),
      errorNumber(errorNumber),
      operation(std::move(operation)),
      offset(offset) {}

std::string errorName(int errorNumber) {
  if (errorNumber == IoError::kEndOfDevice) return "EEND";
  for (const Name& name : kNames) {
    if (name.number == errorNumber) return name.text;
  }
  return "E" + std::to_string(errorNumber);
}

Napi::Error toJavaScript(Napi::Env env, const IoError& error) {
  Napi::Error result = Napi::Error::New(env, error.what());
  Napi::Object object = result.Value();
  object.Set("code", errorName(error.errorNumber));
  object.Set("errno", -error.errorNumber);
  if (error.offset != IoError::kNoOffset) object.Set("offset", static_cast<double>(error.offset));
  return result;
}
