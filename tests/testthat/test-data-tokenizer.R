test_that("tokenizers learn what those of tf.keras learn", {
  cases <- reference_cases("text")
  for (case in cases[startsWith(names(cases), "tokenizer")]) {
    tokenizer <- do.call(text_tokenizer, case$args)
    fit_text_tokenizer(tokenizer, unlist(case$texts))
    expect_identical(tokenizer$word_index, case$word_index, info = case$id)
    expect_identical(tokenizer$word_counts, case$word_counts, info = case$id)
    expect_identical(tokenizer$document_count, case$document_count)
  }
})

test_that("members count words and texts by word and by number", {
  tokenizer <- text_tokenizer(num_words = 3, oov_token = "?")
  fit_text_tokenizer(tokenizer, c("b a b", "a b c", ""))
  fit_text_tokenizer(tokenizer, "b")
  expect_identical(tokenizer$word_counts, list(b = 4L, a = 2L, c = 1L))
  expect_identical(tokenizer$word_docs, list(b = 3L, a = 2L, c = 1L))
  expect_identical(tokenizer$index_docs, list("2" = 3L, "3" = 2L, "4" = 1L))
  expect_identical(tokenizer$index_word,
                   list("1" = "?", "2" = "b", "3" = "a", "4" = "c"))
  expect_identical(tokenizer$document_count, 4L)
  expect_identical(tokenizer$num_words, 3L)
  expect_identical(tokenizer$oov_token, "?")
  config <- tokenizer$get_config()
  expect_identical(config$word_index, tokenizer$word_index)
  expect_identical(config$split, " ")
})

test_that("a word of the texts that is the oov_token counts once", {
  tokenizer <- text_tokenizer(oov_token = "a")
  fit_text_tokenizer(tokenizer, "b b a")
  expect_identical(tokenizer$word_index, list(a = 3L, b = 2L))
  expect_identical(texts_to_sequences(tokenizer, "a b c"), list(c(3L, 2L, 3L)))
})

test_that("a saved tokenizer is loaded as it was", {
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  tokenizer <- text_tokenizer(num_words = 5, oov_token = "?", lower = FALSE) %>%
    fit_text_tokenizer(c("Ab \u00e9 b", "b"))
  expect_identical(save_text_tokenizer(tokenizer, file), tokenizer)
  got <- load_text_tokenizer(file)
  expect_identical(got$get_config(), tokenizer$get_config())
  fit_text_tokenizer(got, "c")
  expect_identical(tokenizer$document_count, 2L)
  expect_identical(list.files(dirname(file), "tokenizer", all.files = TRUE),
                   character())
  saveRDS(tokenizer, file)
  expect_identical(load_text_tokenizer(file)$word_index, tokenizer$word_index)
})

test_that("tokenizers print what they know", {
  expect_snapshot({
    text_tokenizer()
    print(fit_text_tokenizer(text_tokenizer(), "a b a c"))
    print(fit_text_tokenizer(
      text_tokenizer(100, oov_token = "?", char_level = TRUE),
      c("the quick brown fox", "jumps")
    ))
  })
})

test_that("bad arguments, texts and files are refused", {
  tokenizer <- text_tokenizer()
  file <- "nowhere.rds"
  damaged <- tempfile()
  on.exit(unlink(damaged))
  writeBin(as.raw(c(0x1f, 0x8b, 1:20)), damaged)
  other <- tempfile()
  saveRDS(1:3, other)
  expect_snapshot(error = TRUE, {
    text_tokenizer(num_words = 0)
    text_tokenizer(split = "")
    text_tokenizer(oov_token = 1)
    fit_text_tokenizer(1, "a")
    fit_text_tokenizer(tokenizer, NA)
    fit_text_tokenizer(tokenizer, c("a", NA))
    fit_text_tokenizer(tokenizer, 1:3)
    fit_text_tokenizer(tokenizer, list(-1))
    texts_to_matrix(tokenizer, "a")
    texts_to_matrix(text_tokenizer(5), "a", mode = "tfidf")
    texts_to_matrix(text_tokenizer(5), "a", mode = "freqs")
    load_text_tokenizer(file)
    save_text_tokenizer(tokenizer, "no/such/folder.rds")
  })
  expect_error(load_text_tokenizer(damaged), "is damaged", class = "ValueError")
  expect_error(load_text_tokenizer(other), "no tokenizer",
               class = "ValueError")
  expect_identical(tokenizer$document_count, 0L)
})
