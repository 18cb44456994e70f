# Callbacks that write files.

ModelCheckpoint <- keras_class(
  "ModelCheckpoint", inherit = KerasCallback,
  public = list(
    initialize = function(args) {
      callback_arguments(self, args)
      checkpoint_begin(self)
    },
    on_epoch_begin = function(epoch, logs = NULL) self$epoch <- epoch,
    on_train_batch_end = function(batch, logs = NULL) {
      checkpoint_batch(self, batch, logs)
    },
    on_epoch_end = function(epoch, logs = NULL) {
      checkpoint_epoch(self, epoch, logs)
    }
  )
)

checkpoint_begin <- function(self) {
  self$larger <- larger_is_better(self$mode, self$monitor, "acc|^fmeasure")
  self$best <- worst_value(self$larger)
  self$epochs_since <- 0
  self$batches_since <- 0
  self$epoch <- 0
}

checkpoint_batch <- function(self, batch, logs) {
  if (identical(self$save_freq, "epoch")) return()
  self$batches_since <- self$batches_since + 1
  if (self$batches_since < self$save_freq) return()
  self$batches_since <- 0
  checkpoint_save(self, self$epoch, batch, logs)
}

checkpoint_epoch <- function(self, epoch, logs) {
  self$epochs_since <- self$epochs_since + 1
  if (!identical(self$save_freq, "epoch")) return()
  if (self$epochs_since < (self$period %||% 1)) return()
  self$epochs_since <- 0
  checkpoint_save(self, epoch, NULL, logs)
}

checkpoint_save <- function(self, epoch, batch, logs) {
  values <- c(list(epoch = epoch + 1, batch = if (!is.null(batch)) batch + 1),
              logs)
  path <- fill_template(self$filepath, values, "filepath")
  if (self$save_best_only) {
    value <- watched_log(self, logs, "The checkpoint")
    if (is.null(value)) return()
    if (!is_better(value, self$best, self$larger)) {
      say(self, "Epoch ", epoch + 1, ": ", self$monitor,
          " did not improve from ", format(self$best), ".")
      return()
    }
    say(self, "Epoch ", epoch + 1, ": ", self$monitor, " improved from ",
        format(self$best), " to ", format(value), ".")
    self$best <- value
  }
  say(self, "Epoch ", epoch + 1, ": saving to ", path, ".")
  dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
  above$write_checkpoint(self$model, path, self$save_weights_only)
}

# "w-{epoch:02d}-{val_loss:.2f}.rds" with numbers in the places of names.
fill_template <- function(template, values, arg) {
  at <- gregexpr("\\{[^{}]*\\}", template)
  fields <- regmatches(template, at)[[1L]]
  if (!length(fields)) return(template)
  regmatches(template, at) <- list(vapply(fields, function(field) {
    parts <- regmatches(field, regexec("^\\{([^:]*):?(.*)\\}$", field))[[1L]]
    value <- values[[parts[[2L]]]]
    if (is.null(value)) {
      stop_value(
        sprintf("`%s` names `%s`, which is not among the logs.", arg,
                parts[[2L]]),
        i = sprintf("There are: %s.", toString(names(values)))
      )
    }
    format_number(value, parts[[3L]])
  }, ""))
  template
}

# A number by a format of Python's: "02d", ".3f", "8.2e"; "" as it is.
format_number <- function(value, format) {
  if (!nzchar(format)) return(sprintf("%.15g", as.numeric(value)))
  if (grepl("^[-+ 0]*[0-9]*d$", format)) {
    return(sprintf(paste0("%", format), as.integer(value)))
  }
  if (grepl("^[-+ 0]*[0-9]*([.][0-9]+)?[eEfgG]$", format)) {
    return(sprintf(paste0("%", format), as.numeric(value)))
  }
  stop_value(
    sprintf("The format \"%s\" in a file name is not understood.", format),
    i = "Use for example \"{epoch:02d}\" for whole numbers, \
\"{val_loss:.2f}\" for others."
  )
}

CSVLogger <- keras_class(
  "CSVLogger", inherit = KerasCallback,
  public = list(
    keys = NULL,
    initialize = function(args) callback_arguments(self, args),
    on_train_begin = function(logs = NULL) csv_begin(self),
    on_epoch_end = function(epoch, logs = NULL) csv_epoch(self, epoch, logs)
  )
)

csv_begin <- function(self) {
  dir.create(dirname(self$filename), showWarnings = FALSE, recursive = TRUE)
  self$keys <- NULL
  self$has_header <- self$append && file.exists(self$filename) &&
    file.size(self$filename) > 0
  if (!self$append) file.create(self$filename)
}

# One line per epoch, its columns those of the first one, in alphabetic order.
# Without validation in the first epoch, columns for it are kept free.
csv_epoch <- function(self, epoch, logs) {
  if (is.null(self$keys)) {
    self$keys <- sort(names(logs), method = "radix")
    if (!any(startsWith(self$keys, "val_"))) {
      self$keys <- c(self$keys, paste0("val_", self$keys))
    }
  }
  cells <- vapply(self$keys, function(key) {
    value <- logs[[key]]
    if (is.null(value)) "NA" else format_number(value, "")
  }, "")
  lines <- c(
    if (!self$has_header) paste(c("epoch", self$keys),
                                collapse = self$separator),
    paste(c(format_number(epoch, ""), cells), collapse = self$separator)
  )
  self$has_header <- TRUE
  cat(lines, file = self$filename, sep = "\n", append = TRUE)
}

BackupAndRestore <- keras_class(
  "BackupAndRestore", inherit = KerasCallback,
  public = list(
    initialize = function(args) callback_arguments(self, args),
    on_train_begin = function(logs = NULL) backup_restore(self),
    on_epoch_end = function(epoch, logs = NULL) backup_save(self, epoch),
    on_train_end = function(logs = NULL) backup_remove(self)
  )
)

backup_file <- function(self) file.path(self$backup_dir, "backup.rds")

backup_save <- function(self, epoch) {
  model <- self$model
  backup <- list(
    epochs = epoch + 1, weights = model$get_weights(),
    optimizer = model$optimizer$get_state(),
    states = lapply(recording_layers(model), function(l) l$states),
    seed = get0(".Random.seed", globalenv(), inherits = FALSE)
  )
  write_whole(backup_file(self), function(file) saveRDS(backup, file))
}

# The layers whose states last from batch to batch.
recording_layers <- function(model) {
  Filter(function(l) inherits(l, "RNN"), stateful_layers(unwrap_layer(model)))
}

# Weights, states, optimizer and random numbers as they were at the end of the
# last complete epoch; fit() goes on after it.
backup_restore <- function(self) {
  file <- backup_file(self)
  if (!file.exists(file)) return()
  backup <- tryCatch(read_rds(file), error = function(e) NULL)
  if (!is.list(backup) || is.null(backup$epochs)) {
    stop_value(
      sprintf("The file \"%s\" is not a backup of a training.", file),
      i = "Remove it to train from the start, or give another `backup_dir`."
    )
  }
  model <- self$model
  model$set_weights(backup$weights)
  model$optimizer$set_state(backup$optimizer)
  Map(function(layer, states) assign("states", states, envir = layer),
      recording_layers(model), backup$states)
  if (!is.null(backup$seed)) {
    assign(".Random.seed", backup$seed, envir = globalenv())
  }
  model$.epochs_done <- backup$epochs
}

backup_remove <- function(self) {
  if (self$delete_checkpoint) unlink(backup_file(self))
}
