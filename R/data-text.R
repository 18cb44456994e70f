#' Texts as words, and words as numbers by hashing
#'
#' `text_to_word_sequence()` splits a text into words. `text_hashing_trick()`
#' and `text_one_hot()` turn these into numbers without a vocabulary: a hash
#' function maps each word to one of `n - 1` numbers, so that different words
#' may share one. For numbers with a vocabulary see [text_tokenizer()].
#'
#' The hash is MD5 unless `hash_function` is given, so that numbers are the
#' same in every session. (Keras uses Python's `hash()`, which differs from one
#' process to the next, unless `hash_function` is "md5": those numbers are the
#' same here.)
#'
#' @param text,input_text A text: one string. (`text` in `text_one_hot()` is
#'   an older name of `input_text`.)
#' @param filters Characters that separate words and are left out.
#' @param lower Whether to turn the text to lower case, as R's `tolower()` does
#'   (in the C locale it knows ASCII letters only).
#' @param split The string that separates words.
#' @param n Size of the space of numbers; the numbers are 1 to `n - 1`.
#' @param hash_function NULL or "md5" for MD5, or a function that turns a
#'   string into a whole number.
#' @return `text_to_word_sequence()` the words; the others a whole number
#'   between 1 and `n - 1` for each word.
#' @section Errors: `TypeError` for what is not one string; `ValueError` for an
#'   `n` below 2, an empty `split`, and hashes that are not whole numbers.
#' @source R keras 2.15 and tf.keras 2.15.
#' @export
#' @examples
#' text_to_word_sequence("The dog, the cat & a bird!")
#' text_one_hot("The dog, the cat & a bird!", n = 50)
#' text_hashing_trick("The dog, the cat", n = 50, hash_function = nchar)
text_to_word_sequence <- function(
    text, filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n",
    lower = TRUE, split = " ") {
  check_string(text, "text")
  split_texts(text, check_filters(filters), check_flag(lower, "lower"),
              check_split(split))[[1L]]
}

#' @rdname text_to_word_sequence
#' @export
text_one_hot <- function(
    input_text, n, filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n",
    lower = TRUE, split = " ", text = NULL) {
  if (!is.null(text)) input_text <- text
  check_string(input_text, "input_text")
  text_hashing_trick(input_text, n, NULL, filters, lower, split)
}

#' @rdname text_to_word_sequence
#' @export
text_hashing_trick <- function(
    text, n, hash_function = NULL,
    filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n",
    lower = TRUE, split = " ") {
  n <- check_count(n, "n", min = 2L,
                   mend = "It must be at least 2: numbers are 1 to `n - 1`.")
  words <- text_to_word_sequence(text, filters, lower, split)
  if (!length(words)) return(integer())
  if (!is.function(hash_function)) {
    check_choice(hash_function %||% "md5", "md5", "hash_function",
                 "\"md5\" or a function")
    return(md5_below(words, n - 1L) + 1L)
  }
  hashes <- lapply(words, hash_function)
  as.integer(vapply(hashes, check_hash, 0) %% (n - 1)) + 1L
}

check_hash <- function(h) {
  whole <- is.numeric(h) && length(h) == 1L && is.finite(h) && h == trunc(h)
  if (whole && abs(h) <= 2^53) return(as.double(h))
  stop_value(
    sprintf("`hash_function` gave %s.", describe(h)),
    i = "It must turn a string into one whole number of at most 2^53."
  )
}

# The MD5 hash of each string, a number of 32 hexadecimal digits, modulo n.
md5_below <- function(words, n) {
  digits <- strsplit(cli::hash_md5(enc2utf8(words)), "")
  digits <- matrix(strtoi(unlist(digits), 16L), 32L)
  rest <- numeric(length(words))
  for (k in 1:32) rest <- (rest * 16 + digits[k, ]) %% n
  as.integer(rest)
}

# One vector of words per text; empty words are left out. A filtered character
# counts as `split`, however long that is.
split_texts <- function(texts, filters, lower, split) {
  texts <- enc2utf8(texts)
  if (lower) texts <- tolower(texts)
  filters <- unique(strsplit(enc2utf8(filters), "")[[1L]])
  words <- strsplit(replace_all(texts, filters, split), split, fixed = TRUE)
  lapply(words, function(w) w[nzchar(w)])
}

# At once, for `by` may hold characters that are to be replaced.
replace_all <- function(texts, chars, by) {
  if (nchar(by) > 1L) {
    return(vapply(strsplit(texts, ""), function(each) {
      paste(replace(each, each %in% chars, by), collapse = "")
    }, ""))
  }
  for (char in chars) texts <- gsub(char, by, texts, fixed = TRUE)
  texts
}

check_filters <- function(filters) {
  if (is.null(filters)) return("")
  check_string(filters, "filters")
}

check_split <- function(split) {
  if (nzchar(check_string(split, "split"))) return(split)
  stop_value(
    "`split` is an empty string.",
    i = "Give the string between words, such as \" \"; single characters are \
what `text_tokenizer(char_level = TRUE)` takes."
  )
}
