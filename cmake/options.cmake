# The options of the build and the flags that every target of ours shares (target `ravine_flags`).
option(RAVINE_TESTS "build the tests" ON)
option(RAVINE_PARITY "with the tests: build the model with every compiler and level and compare the bits" ON)
option(RAVINE_CUDA "build the CUDA backend where nvcc 13 or newer is found" ON)
option(RAVINE_GPU_CHECK "build tests/gpu_check also without the other tests" OFF)
option(RAVINE_BENCH "build the benchmarks" OFF)
option(RAVINE_FUZZ "build the fuzzers of tests/fuzz (clang only; the preset fuzz)" OFF)
set(RAVINE_SANITIZE "" CACHE STRING "sanitizers: address,undefined or thread")
# Debian's own, because the tests read stores with Debian's xarray and zarr.
set(RAVINE_PYTHON /usr/bin/python3 CACHE FILEPATH "the Python that runs the tests' scripts")

# The flags that exactness needs: no contraction of a*b+c, and no errno or trap semantics that would keep sqrt and fma
# out of line. On a device: no contraction, divisions and square roots rounded to nearest, subnormal numbers kept.
set(RAVINE_EXACT_FLAGS -ffp-contract=off -fno-math-errno -fno-trapping-math)
set(RAVINE_EXACT_DEVICE_FLAGS -fmad=false -prec-div=true -prec-sqrt=true -ftz=false)

# Flags from outside (CXXFLAGS, a packager's cache) may choose speed, not other values.
string(TOUPPER "${CMAKE_BUILD_TYPE}" ravine_build_type)
foreach(variable CMAKE_CXX_FLAGS CMAKE_CXX_FLAGS_${ravine_build_type} CMAKE_CUDA_FLAGS)
  if("${${variable}}" MATCHES "(-Ofast|-ffast-math|-funsafe-math|-fassociative-math|-freciprocal-math|-ffinite-math)" OR
     "${${variable}}" MATCHES "(-use_fast_math|-ftz=true|-fmad=true|-prec-div=false|-prec-sqrt=false)")
    message(FATAL_ERROR "${variable} has ${CMAKE_MATCH_1}, which would change ravine's exact values: leave it out")
  endif()
endforeach()

add_library(ravine_flags INTERFACE)
target_include_directories(ravine_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
set(ravine_host_flags -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Werror ${RAVINE_EXACT_FLAGS})
if(RAVINE_SANITIZE)
  list(APPEND ravine_host_flags -fsanitize=${RAVINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(ravine_flags INTERFACE -fsanitize=${RAVINE_SANITIZE})
endif()
# nvcc hands them to its host compiler (a comma would part them); the code that it generates itself is not pedantic.
list(TRANSFORM ravine_host_flags REPLACE "," "\\\\," OUTPUT_VARIABLE ravine_nvcc_host_flags)
list(TRANSFORM ravine_nvcc_host_flags PREPEND -Xcompiler=)
target_compile_options(ravine_flags INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${ravine_host_flags};-Wpedantic>"
  "$<$<COMPILE_LANGUAGE:CUDA>:${RAVINE_EXACT_DEVICE_FLAGS};-Werror=all-warnings;${ravine_nvcc_host_flags}>")
