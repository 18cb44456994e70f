# Classes of models defined by users.

#' Models of your own
#'
#' @description
#' `new_model_class()` defines a class of models in R. Inside its methods `self`
#' is the model: layers held in attributes (`self$dense <- layer_dense(units =
#' 3)`) are its layers, and `self(x, training = TRUE)` calls it.
#'
#' A class without `call` makes models from `inputs` and `outputs`, as
#' [keras_model()] does, that train in a way of their own.
#'
#' @details
#' The steps of [fit()], `evaluate()` and `predict()` may be replaced:
#'
#' * `train_step(data)` gets `list(x, y)` or `list(x, y, sample_weight)`, with
#'   tensors (lists of tensors for several inputs or outputs), updates the
#'   weights and gives a named list of numbers, the logs of the batch.
#' * `test_step(data)` does the same without the update.
#' * `predict_step(data)` gets x and gives predictions.
#' * `compute_loss(x, y, y_pred, sample_weight)` gives the loss to minimize, a
#'   tensor.
#' * `compute_metrics(x, y, y_pred, sample_weight)` gives the logs.
#'
#' `super$train_step(data)` and its sisters do what models do without them.
#' `self$compute_loss(y = y, y_pred = y_pred)` is the loss that [compile()] set
#' plus what layers add, `self$metrics` a list of the metrics, each with
#' `name`, `update_state()`, `result()` and `reset_state()`; metrics held in
#' attributes are reset before each epoch.
#'
#' @param classname Name of the class, a string.
#' @param ... Further methods and attributes, by name; `inherit` is the class
#'   above.
#' @param initialize Function of the class' arguments; it calls
#'   `super$initialize(...)` (also written `super()$initialize(...)`).
#' @param call Function of `inputs`, a tensor or list of tensors; may also name
#'   `mask` and `training`.
#' @param train_step,test_step,predict_step Functions of `data`, see below.
#' @param compute_loss,compute_metrics Functions of `x`, `y`, `y_pred`,
#'   `sample_weight`, see below.
#' @return A function that makes models from the arguments of `initialize`, or
#'   from `inputs` and `outputs`.
#' @section Errors: `TypeError` for a class or argument of the wrong kind,
#'   `RuntimeError` when a model without `call` is called.
#' @source R keras 2.15, `new_model_class()`.
#' @export
#' @examples
#' Sum <- new_model_class(
#'   "Sum",
#'   initialize = function(units, ...) {
#'     super$initialize(...)
#'     self$rnn <- layer_simple_rnn(units = units)
#'     self$head <- layer_dense(units = 1)
#'   },
#'   call = function(inputs) self$head(self$rnn(inputs)),
#'   train_step = function(data) {
#'     x <- data[[1]]
#'     y <- data[[2]]
#'     tape <- gradient_tape({
#'       y_pred <- self(x, training = TRUE)
#'       loss <- op_mean((y_pred - y)^2)
#'     })
#'     weights <- self$trainable_weights
#'     self$optimizer$apply_gradients(tape$gradient(weights), weights)
#'     list(loss = loss)
#'   }
#' )
#' model <- Sum(units = 3)
#' model %>% compile(optimizer = "sgd")
#' x <- array(rnorm(40), c(5, 4, 2))
#' model %>% fit(x, matrix(rowSums(x), 5), epochs = 2)
new_model_class <- function(classname, ..., initialize = NULL, call = NULL,
                            train_step = NULL, predict_step = NULL,
                            test_step = NULL, compute_loss = NULL,
                            compute_metrics = NULL) {
  members <- c(
    list(initialize = initialize, call = call, train_step = train_step,
         predict_step = predict_step, test_step = test_step,
         compute_loss = compute_loss, compute_metrics = compute_metrics),
    list(...)
  )
  inherit <- resolve_model_class(members$inherit)
  members$inherit <- NULL
  class <- make_layer_class(classname, own_steps(members), inherit,
                            calling_self(parent.frame()))
  model_wrapper(class)
}

resolve_model_class <- function(x) {
  if (is.null(x)) return(Model)
  class <- resolve_class(x)
  above <- class
  while (!is.null(above) && !identical(above, Model)) {
    above <- above$get_inherit()
  }
  if (is.null(above)) {
    stop_type(
      sprintf("`inherit` must be a class of models, not of layers (%s).",
              class$classname),
      i = "Give what `new_model_class()` made."
    )
  }
  class
}

# A user's step stands beside the model's own, which calls it: so the loop gives
# it data in the form that it expects.
own_steps <- function(members) {
  steps <- c("train_step", "test_step", "predict_step", "compute_loss",
             "compute_metrics")
  own <- names(members) %in% steps
  names(members)[own] <- paste0(".", names(members)[own])
  members
}

# In methods `self` is no function, so that R looks for one further out: here.
calling_self <- function(parent) {
  env <- new.env(parent = parent)
  env$self <- call_self
  env
}

call_self <- function(...) {
  self <- get("self", envir = parent.frame(), mode = "environment")
  call_layer(self, ...)
}

model_wrapper <- function(class) {
  args <- formals(class_initialize(class))
  f <- function(...) new_layer(class, list(...))
  structure(f, class = c("recurrent_layer_class", "function"),
            layer_class = class, arguments = args[names(args) != "self"])
}

# A model whose `call` is what a function of the model gave.
CustomModel <- keras_class(
  "CustomModel", inherit = Model,
  public = list(
    initialize = function(model_fn = NULL, ...) {
      custom_model_initialize(self, model_fn, list(...))
    },
    call = function(inputs, mask = NULL, training = NULL) {
      custom_model_call(self, inputs, mask, training)
    }
  )
)

custom_model_initialize <- function(self, model_fn, args) {
  if (!is.function(model_fn)) {
    stop_type(
      sprintf("`model_fn` must be a function of `self`, not %s.",
              describe(model_fn)),
      i = "It sets layers, `self$dense <- layer_dense(units = 3)`, and gives \
`function(inputs, mask = NULL)`."
    )
  }
  layer_initialize(self, args)
  assign("model_fn", model_fn, envir = self)
  model_fn <- carry(model_fn)
  run <- model_fn(self)
  if (!is.function(run)) {
    stop_type(
      sprintf("`model_fn` must give a function of `inputs`, not %s.",
              describe(run)),
      i = "End it with `function(inputs, mask = NULL) { ... }`."
    )
  }
  assign(".run", carry(run), envir = self)
}

custom_model_call <- function(self, inputs, mask, training) {
  named <- names(formals(self$.run))
  args <- list(inputs)
  if ("mask" %in% named) args["mask"] <- list(mask)
  if ("training" %in% named) args$training <- is_training(training)
  do.call(self$.run, args)
}

#' A model from a function
#'
#' The older form of [new_model_class()].
#'
#' @param model_fn Function of `self`, the model. It sets the layers as
#'   attributes of `self` and gives a `function(inputs, mask = NULL)` (which
#'   may also name `training`) that computes the model's outputs.
#' @param name Name of the model.
#' @return A model.
#' @section Errors: `TypeError` when `model_fn` is no such function.
#' @source R keras 2.15.
#' @export
#' @examples
#' model <- keras_model_custom(name = "sum", function(self) {
#'   self$rnn <- layer_simple_rnn(units = 3)
#'   self$head <- layer_dense(units = 1)
#'   function(inputs, mask = NULL) self$head(self$rnn(inputs))
#' })
#' model(array(rnorm(12), c(2, 3, 2)))
keras_model_custom <- function(model_fn, name = NULL) {
  new_layer(CustomModel, list(model_fn = model_fn, name = name))
}
