# What floors lend to those below them: functions by name, each set in the file
# that it belongs to.
above <- new.env(parent = emptyenv())
