#ifndef CLIBCURL_SHIM_H
#define CLIBCURL_SHIM_H

#include <stddef.h>

#include <curl/curl.h>

// Swift cannot call variadic functions: one typed function for each kind of argument.

static inline CURLcode clibcurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clibcurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// libcurl copies the text, and as many bytes as CURLOPT_POSTFIELDSIZE_LARGE says of CURLOPT_COPYPOSTFIELDS.
static inline CURLcode clibcurl_set_text(CURL *handle, CURLoption option, const char *text) {
    return curl_easy_setopt(handle, option, text);
}

/// libcurl keeps the pointer.
static inline CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, void *pointer) {
    return curl_easy_setopt(handle, option, pointer);
}

/// libcurl keeps the pointer.
static inline CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(handle, option, list);
}

/// libcurl copies the bytes.
static inline CURLcode clibcurl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t length) {
    struct curl_blob blob = {(void *)bytes, length, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

typedef size_t (*clibcurl_data_function)(char *bytes, size_t size, size_t count, void *context);

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode clibcurl_set_data_function(CURL *handle, CURLoption option, clibcurl_data_function function) {
    return curl_easy_setopt(handle, option, function);
}

static inline CURLMcode clibcurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

#endif
