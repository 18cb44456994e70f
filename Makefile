# The developers' commands. `make` alone prints them. All builds go to .build/.

# Several libraries at once would only wait for each other.
.NOTPARALLEL:

BUILD := $(CURDIR)/.build
# What runs the package finds it in .build/, before any other library.
WITH = R_LIBS="$(BUILD)/$(1):$$R_LIBS"
NEED = @Rscript tools/install.R
# Of the tests, those that reach C; FILTER=... picks others, in any target.
TOUCH_C = $(or $(FILTER),kernel|ffi|rnn|op|loss|parts)
ASAN = LD_PRELOAD="$$($$(R CMD config CC) -print-file-name=libasan.so)" \
  ASAN_OPTIONS=detect_leaks=0

help: ## print the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: lib-run ## train on the sunspot numbers, plot, save, load, forecast
	@$(call WITH,lib) Rscript inst/examples/sunspots.R

test: lib-test ## run the tests; FILTER=rnn runs the files that match
	@$(call WITH,lib) Rscript tools/test.R $(if $(FILTER),'$(FILTER)')

check: ## R CMD check --as-cran: fails on anything but "New submission"
	$(NEED) check
	@Rscript tools/check.R

document: ## write man/ and NAMESPACE from the comments in R/
	$(NEED) document
	@Rscript -e 'roxygen2::roxygenise()'

bench: lib-test ## run every benchmark, write a page of bench/results (half an hour)
	@$(call WITH,lib) sh bench/run.sh

asan: ## tests that reach C, under the address and undefined sanitizers
	$(NEED) test
	@sh tools/build.sh asan tools/Makevars.asan
	@$(call WITH,asan) $(ASAN) Rscript tools/test.R '$(TOUCH_C)'

valgrind: lib-test ## tests of the kernels and their border, under valgrind
	@$(call WITH,lib) R --vanilla -q -d "valgrind -q --error-exitcode=1" \
	  -f tools/test.R --args '$(or $(FILTER),kernel|ffi)'

gctorture: lib-run ## call every .Call entry while R collects garbage
	@$(call WITH,lib) Rscript tools/gctorture.R

constants: lib-test ## tests that reach C must not change R's constants
	@$(call WITH,lib) R_CHECK_CONSTANTS=5 Rscript tools/test.R '$(TOUCH_C)'

warnings: ## compile with every warning an error
	$(NEED) run
	@sh tools/build.sh warnings tools/Makevars.warnings

wide: ## tests of the kernels, those of AVX-512 in the instructions of AVX2
	$(NEED) test
	@sh tools/build.sh wide tools/Makevars.wide
	@$(call WITH,wide) Rscript tools/test.R '$(or $(FILTER),kernel|ffi|rnn)'

lint: ## rules of the project, clang-format, lintr
	@Rscript tools/lint.R

format: ## lay out the C code
	@clang-format -i src/*.c src/*.h

clean: ## remove what the commands above left
	@rm -rf .build src/*.o src/*.so

lib-%:
	$(NEED) $*
	@sh tools/build.sh lib

.PHONY: help demo test check document bench asan valgrind gctorture constants \
  warnings wide lint format clean
