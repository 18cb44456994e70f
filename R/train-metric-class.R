# The class above users' metrics: `update_state()` adds a batch to weights of
# the metric's own, `result()` reads them.
KerasMetric <- keras_class(
  "KerasMetric",
  public = list(
    name = NULL,
    dtype = NULL,
    .weights = list(),
    initialize = function(name = NULL, dtype = NULL, ...) {
      check_unknown_args(names_of(list(...)), c("name", "dtype"),
                         class(self)[[1L]])
      self$name <- check_string(name %||% snake_case(class(self)[[1L]]), "name")
      self$dtype <- dtype %||% settings$floatx
    },
    add_weight = function(name = NULL, shape = list(), aggregation = NULL,
                          synchronization = NULL, initializer = NULL,
                          dtype = NULL) {
      layer_add_weight(self, name, shape, dtype, initializer %||% "zeros",
                       regularizer = NULL, trainable = FALSE,
                       constraint = NULL)
    },
    reset_state = function() {
      for (w in self$.weights) variable_assign(w, 0 * value_of(w))
    },
    get_config = function() list(name = self$name, dtype = self$dtype)
  ),
  active = list(
    weights = function() self$.weights,
    variables = function() self$.weights
  )
)

#' Metrics of your own, as classes
#'
#' `new_metric_class()` defines a class of metrics in R: for what no mean over
#' samples gives. (A mean over samples is simply
#' `function(y_true, y_pred)`, given to [compile()]; see [custom_metric()].)
#'
#' The weights of a metric are what it remembers from batch to batch.
#' `self$add_weight(name, shape = list(), initializer = "zeros")` makes one, a
#' number unless there is a `shape`; `w$assign()`, `w$assign_add()` and
#' `w$assign_sub()` change it. At the start of each epoch all are set to zero,
#' or what a method `reset_state` of yours does is done instead.
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes by name: `reset_state`,
#'   `get_config` and what the others use; [mark_active()] for what is read
#'   without a call.
#' @param initialize Function of the arguments of the class; it calls
#'   `super$initialize(name = name, ...)` and makes the weights.
#' @param update_state Function of `y_true` and `y_pred`, tensors of shape
#'   `(batch, ...)`, and of `sample_weight`, NULL or a tensor of shape
#'   `(batch)` or `(batch, time)`, that takes a batch into account. Its value is
#'   not used. Beside predictions of shape `(batch, n)` labels and weights
#'   `(batch)` come as `(batch, 1)`.
#' @param result Function without arguments that gives the metric so far: a
#'   number or a tensor of one.
#' @return A function of the arguments of `initialize` that makes a metric
#'   object, see [metric]: give it to [compile()], or call
#'   `m$update_state(y_true, y_pred)` and `m$result()`. What else the class has
#'   is read by `$`.
#' @section Errors: `TypeError` for a class without `update_state` or `result`,
#'   for sample weights that an `update_state` does not take, and for a `result`
#'   that is not one number.
#' @source R keras 2.15, `new_metric_class()`; tf.keras 2.15's
#'   `tf.keras.metrics.Metric`.
#' @seealso [new_loss_class()], [new_callback_class()], [new_layer_class()].
#' @export
#' @examples
#' largest_error <- new_metric_class(
#'   "LargestError",
#'   initialize = function(name = "largest_error", ...) {
#'     super$initialize(name = name, ...)
#'     self$top <- self$add_weight(name = "top")
#'   },
#'   update_state = function(y_true, y_pred, sample_weight = NULL) {
#'     self$top$assign(op_maximum(self$top, op_max(abs(y_true - y_pred))))
#'   },
#'   result = function() self$top
#' )
#' m <- largest_error()
#' m$update_state(c(1, 2), c(1.5, 2))
#' m$update_state(c(1, 2), c(0, 2))
#' m$result()
new_metric_class <- function(classname, ..., initialize, update_state,
                             result) {
  members <- c(list(
    initialize = if (!missing(initialize)) initialize,
    update_state = if (!missing(update_state)) update_state,
    result = if (!missing(result)) result
  ), list(...))
  class <- make_layer_class(classname, members, KerasMetric, parent.frame())
  check_metric_class(class)
  user_class(function(...) metric_made_by(carry(class), list(...)), class)
}

check_metric_class <- function(class) {
  for (method in c("update_state", "result")) {
    if (is.function(class$public_methods[[method]])) next
    stop_type(
      sprintf("The metric class `%s` has no method `%s`.", class$classname,
              method),
      i = "Give `update_state = function(y_true, y_pred, sample_weight = NULL) \
...` and `result = function() ...`."
    )
  }
}

# Each output of a model gets an object of its own, made anew.
metric_made_by <- function(class, args) {
  object <- do.call(class$new, args)
  metric <- new_metric("own", name = object$name, object = object,
                       reset = FALSE)
  assign("again", function() metric_made_by(class, args), metric_self(metric))
  metric
}
