test_that("exported functions have the arguments of R keras", {
  wanted <- signatures_wanted()
  exported <- getNamespaceExports("recurrent")
  for (name in sort(intersect(names(wanted), exported))) {
    fun <- getExportedValue("recurrent", name)
    expect_identical(
      paste0(name, ": ", signature_text(signature_of(fun))),
      paste0(name, ": ", signature_text(wanted[[name]]))
    )
  }
  expect_gt(length(wanted), 300)
})
