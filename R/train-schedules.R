#' Learning rates that change with the steps
#'
#' A schedule gives the learning rate of each step; an optimizer takes one as
#' its `learning_rate`. With \eqn{\eta} the initial rate, \eqn{k} the steps
#' taken (from 0) and \eqn{n} = `decay_steps`:
#'
#' * exponential: \eqn{\eta \cdot} `decay_rate`\eqn{^{k/n}}
#' * inverse time: \eqn{\eta / (1 +} `decay_rate` \eqn{k/n)}
#' * polynomial: \eqn{(\eta - e)(1 - \min(k, n)/n)^p + e}, \eqn{e} the end rate
#' * piecewise constant: `values[i]` up to and including `boundaries[i]`
#' * cosine: \eqn{\eta ((1 - \alpha)(1 + \cos(\pi \min(k, n)/n))/2 + \alpha)}
#' * cosine with restarts: the same over a first period of
#'   `first_decay_steps`, then over periods `t_mul` times as long each, that
#'   start from rates `m_mul` times as high each
#'
#' @param initial_learning_rate The rate of step 0.
#' @param decay_steps,first_decay_steps Number of steps, see above.
#' @param decay_rate,power Numbers, see above.
#' @param staircase `TRUE` to change only after each `decay_steps` steps.
#' @param end_learning_rate The rate at the end.
#' @param cycle `TRUE` to start again, with longer periods, after the end.
#' @param boundaries Increasing numbers of steps.
#' @param values One rate more than `boundaries`.
#' @param alpha The lowest rate, as a fraction of the initial one.
#' @param t_mul,m_mul See above.
#' @param ... For `learning_rate_schedule_cosine_decay()`: `warmup_target` and
#'   `warmup_steps`, a straight rise from the initial rate to the target
#'   before the decay (from the target) begins.
#' @param name Name of the schedule.
#' @return A function of `step` (the number of steps taken before) that gives
#'   the learning rate, of class `recurrent_schedule`.
#' @section Errors: `ValueError` for values out of range, `TypeError` for
#'   unknown arguments.
#' @source tf.keras 2.15, `tf.keras.optimizers.schedules`; Loshchilov and
#'   Hutter (2017), *SGDR: stochastic gradient descent with warm restarts*.
#' @name learning_rate_schedule
#' @examples
#' schedule <- learning_rate_schedule_cosine_decay(0.1, decay_steps = 100)
#' schedule(c(0, 50, 100))
#' optimizer_adam(learning_rate = schedule)
NULL

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_exponential_decay <- function(
    initial_learning_rate, decay_steps, decay_rate, staircase = FALSE, ...,
    name = NULL) {
  make_schedule("ExponentialDecay", call_args(NULL))
}

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_inverse_time_decay <- function(
    initial_learning_rate, decay_steps, decay_rate, staircase = FALSE, ...,
    name = NULL) {
  make_schedule("InverseTimeDecay", call_args(NULL))
}

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_polynomial_decay <- function(
    initial_learning_rate, decay_steps, end_learning_rate = 1e-04, power = 1,
    cycle = FALSE, ..., name = NULL) {
  make_schedule("PolynomialDecay", call_args(NULL))
}

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_piecewise_constant_decay <- function(
    boundaries, values, ..., name = NULL) {
  make_schedule("PiecewiseConstantDecay", call_args(NULL))
}

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_cosine_decay <- function(
    initial_learning_rate, decay_steps, alpha = 0, ..., name = NULL) {
  make_schedule("CosineDecay", call_args(NULL))
}

#' @rdname learning_rate_schedule
#' @export
learning_rate_schedule_cosine_decay_restarts <- function(
    initial_learning_rate, first_decay_steps, t_mul = 2, m_mul = 1, alpha = 0,
    ..., name = NULL) {
  make_schedule("CosineDecayRestarts", call_args(NULL))
}

# How each schedule computes, from its arguments `a` and steps k.
schedule_rules <- list(
  ExponentialDecay = function(a, k) {
    a$initial_learning_rate * a$decay_rate^stairs(k / a$decay_steps, a)
  },
  InverseTimeDecay = function(a, k) {
    a$initial_learning_rate /
      (1 + a$decay_rate * stairs(k / a$decay_steps, a))
  },
  PolynomialDecay = function(a, k) {
    n <- a$decay_steps
    n <- if (a$cycle) n * pmax(1, ceiling(k / n)) else n
    (a$initial_learning_rate - a$end_learning_rate) *
      (1 - pmin(k, n) / n)^a$power + a$end_learning_rate
  },
  PiecewiseConstantDecay = function(a, k) {
    unlist(a$values)[1L + findInterval(k, unlist(a$boundaries),
                                       left.open = TRUE)]
  },
  CosineDecay = function(a, k) {
    warm <- if (is.null(a$warmup_target)) 0 else a$warmup_steps
    top <- a$warmup_target %||% a$initial_learning_rate
    done <- pmin(pmax(k - warm, 0), a$decay_steps) / a$decay_steps
    rate <- top * cosine_fraction(done, a$alpha)
    rising <- k < warm
    if (!any(rising)) return(rate)
    start <- a$initial_learning_rate
    ifelse(rising, start + (top - start) * k / warm, rate)
  },
  CosineDecayRestarts = function(a, k) {
    done <- k / a$first_decay_steps
    if (a$t_mul == 1) {
      period <- floor(done)
      done <- done - period
    } else {
      period <- floor(log(1 - done * (1 - a$t_mul)) / log(a$t_mul))
      before <- (1 - a$t_mul^period) / (1 - a$t_mul)
      done <- (done - before) / a$t_mul^period
    }
    height <- a$m_mul^period
    half <- 0.5 * height * (1 + cos(pi * done))
    a$initial_learning_rate * ((1 - a$alpha) * half + a$alpha)
  }
)

stairs <- function(x, a) if (a$staircase) floor(x) else x

cosine_fraction <- function(done, alpha) {
  (1 - alpha) * 0.5 * (1 + cos(pi * done)) + alpha
}

make_schedule <- function(class, args) {
  maker <- schedule_maker(class)
  extra <- if (class == "CosineDecay") list(warmup_target = NULL,
                                            warmup_steps = 0)
  own <- setdiff(names(formals(maker)), "...")
  check_unknown_args(names_given(args), c(own, names(extra)),
                     schedule_maker_name(class))
  extra[intersect(names(args), names(extra))] <-
    args[intersect(names(args), names(extra))]
  args[names(extra)] <- extra
  new_schedule(list(class = class, args = check_schedule(class, args)))
}

check_schedule <- function(class, args) {
  for (a in setdiff(names(args), c("name", "boundaries", "values",
                                   "warmup_target"))) {
    if (a %in% c("staircase", "cycle")) check_flag(args[[a]], a) else
      check_number(args[[a]], a, 0)
  }
  for (a in intersect(names(args), c("decay_steps", "first_decay_steps"))) {
    if (args[[a]] == 0) check_count(0, a)
  }
  if (class == "PiecewiseConstantDecay" &&
        length(args$values) != length(args$boundaries) + 1L) {
    stop_value(
      sprintf("%d `values` were given for %d `boundaries`.",
              length(args$values), length(args$boundaries)),
      i = "Give one value more than boundaries: one before the first, one \
after each."
    )
  }
  args
}

new_schedule <- function(self) {
  f <- function(step) schedule_value(self, step)
  structure(f, class = "recurrent_schedule")
}

schedule_value <- function(self, step) {
  k <- as.vector(value_of(step))
  if (is.null(self$own)) return(schedule_rules[[self$class]](self$args, k))
  rate <- self$own(k)
  as.vector(value_of(rate))
}

schedule_self <- function(x) environment(x)$self

schedule_maker_name <- function(class) {
  paste0("learning_rate_schedule_", snake_case(class))
}

schedule_maker <- function(class) get(schedule_maker_name(class), topenv())

# A schedule from what an optimizer was given.
as_schedule <- function(x) {
  if (inherits(x, "recurrent_schedule")) return(x)
  if (is.list(x) && is.character(x$class_name)) return(schedule_from_spec(x))
  own <- carry(x)
  f <- callable_of(own)
  if (is.null(f)) {
    stop_type(
      sprintf("`learning_rate` must be a number or a schedule, not %s.",
              describe(x)),
      i = "Give a number, what a `learning_rate_schedule_*()` function makes, \
or a function of the number of steps taken."
    )
  }
  new_schedule(list(own = f))
}

schedule_spec <- function(x) {
  self <- schedule_self(x)
  if (!is.null(self$object)) return(x)
  if (!is.null(self$own)) return(self$own)
  list(module = "keras.optimizers.schedules", class_name = self$class,
       config = self$args, registered_name = NULL)
}

schedule_from_spec <- function(spec) {
  class <- check_choice(spec$class_name, names(schedule_rules), "class_name",
                        "the class of a schedule")
  make_schedule(class, spec$config)
}

#' @export
`$.recurrent_schedule` <- function(x, name) {
  self <- schedule_self(x)
  if (!is.null(self$object)) return(self$object[[name]])
  if (name == "get_config") return(function() self$args)
  self$args[[name]]
}

#' @export
format.recurrent_schedule <- function(x, ...) {
  self <- schedule_self(x)
  object <- self$object
  if (!is.null(self$own) && is.null(object)) return("a function of the steps")
  args <- if (is.null(object)) self$args else object$get_config()
  args <- Filter(Negate(is.null), args)
  values <- vapply(args, function(a) toString(format(unlist(a))), "")
  paste0(self$class %||% class(object)[[1L]], "(",
         toString(sprintf("%s = %s", names(args), values)), ")")
}

#' @export
print.recurrent_schedule <- function(x, ...) {
  cat("<schedule> ", format(x), "\n", sep = "")
  invisible(x)
}
