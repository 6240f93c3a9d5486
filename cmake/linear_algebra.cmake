# OpenBLAS with LAPACKE, and CHOLMOD (target `ravine_linear_algebra`); libzip (`ravine_zip`).
find_path(LAPACKE_INCLUDE_DIR lapacke.h REQUIRED)
find_path(CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES x86_64-linux-gnu REQUIRED)
find_path(CHOLMOD_INCLUDE_DIR cholmod.h PATH_SUFFIXES suitesparse REQUIRED)
find_library(LAPACKE_LIBRARY lapacke REQUIRED)
find_library(OPENBLAS_LIBRARY openblas REQUIRED)
find_library(CHOLMOD_LIBRARY cholmod REQUIRED)
find_path(ZIP_INCLUDE_DIR zip.h REQUIRED)
find_library(ZIP_LIBRARY zip REQUIRED)

add_library(ravine_linear_algebra INTERFACE)
target_include_directories(ravine_linear_algebra SYSTEM INTERFACE
  ${LAPACKE_INCLUDE_DIR} ${CBLAS_INCLUDE_DIR} ${CHOLMOD_INCLUDE_DIR})
target_link_libraries(ravine_linear_algebra INTERFACE ${LAPACKE_LIBRARY} ${OPENBLAS_LIBRARY} ${CHOLMOD_LIBRARY})

add_library(ravine_zip INTERFACE)
target_include_directories(ravine_zip SYSTEM INTERFACE ${ZIP_INCLUDE_DIR})
target_link_libraries(ravine_zip INTERFACE ${ZIP_LIBRARY})
