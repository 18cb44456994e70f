#' @keywords internal
"_PACKAGE"

#' @useDynLib recurrent, .registration = TRUE
#' @importFrom generics fit
#' @importFrom generics compile
#' @importFrom generics evaluate
#' @importFrom magrittr %>%
#' @importFrom methods setMethod setOldClass
#' @importFrom R6 R6Class
#' @importFrom rlang abort
#' @importFrom rlang .data
#' @importFrom stats median
#' @importFrom stats predict
#' @importFrom zeallot %<-%
NULL

#' @export
generics::fit

#' @export
generics::compile

#' @export
generics::evaluate

#' @export
magrittr::`%>%`

#' @export
zeallot::`%<-%`
