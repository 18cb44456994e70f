# The class above users' schedules.
KerasSchedule <- keras_class(
  "KerasLearningRateSchedule",
  public = list(
    initialize = function(...) {
      check_unknown_args(names_given(list(...)), character(), class(self)[[1L]])
    },
    get_config = function() {
      args <- setdiff(names(formals(self$initialize)), "...")
      sapply(args, function(a) self[[a]], simplify = FALSE)
    }
  )
)

#' Schedules of your own, as classes
#'
#' `new_learning_rate_schedule_class()` defines a class of learning rate
#' schedules in R: for schedules that have arguments. (One without any is
#' simply a `function(step)`, given as `learning_rate` to an optimizer.)
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes by name; [mark_active()] for what
#'   is read without a call.
#' @param initialize Function of the arguments of the class, which it keeps in
#'   `self`.
#' @param call Function of `step`, the number of steps taken before (from 0),
#'   that gives the learning rate: a number or a tensor of one.
#' @param get_config Function without arguments that gives a named list of the
#'   arguments of `initialize`. Without it, the attributes of these names are
#'   taken.
#' @return A function of the arguments of `initialize` that makes a schedule:
#'   a function of `step`, see [learning_rate_schedule].
#' @section Errors: `TypeError` for a class without `call`.
#' @source R keras 2.15, `new_learning_rate_schedule_class()`; tf.keras 2.15's
#'   `tf.keras.optimizers.schedules.LearningRateSchedule`.
#' @export
#' @examples
#' warm_up <- new_learning_rate_schedule_class(
#'   "WarmUp",
#'   initialize = function(rate = 0.01, steps = 100) {
#'     self$rate <- rate
#'     self$steps <- steps
#'   },
#'   call = function(step) self$rate * min(1, (step + 1) / self$steps)
#' )
#' schedule <- warm_up(rate = 0.1)
#' schedule(49)
#' optimizer_sgd(learning_rate = schedule)
new_learning_rate_schedule_class <- function(classname, ..., initialize = NULL,
                                             call, get_config = NULL) {
  members <- c(list(initialize = initialize, get_config = get_config,
                    call = if (!missing(call)) call), list(...))
  class <- make_layer_class(classname, members, KerasSchedule, parent.frame())
  if (!is.function(class$public_methods$call)) {
    stop_type(
      sprintf("The schedule class `%s` has no method `call`.", classname),
      i = "Give one: `call = function(step) ...` gives the learning rate."
    )
  }
  class_constructor(class, function(object) schedule_of_object(carry(object)))
}

schedule_of_object <- function(object) {
  new_schedule(list(own = object$call, object = object))
}
