# cmake -DFILE=... -DKEY=... -P print_json_value.cmake: prints a top-level value of a JSON file. CMake is there
# whenever ravine has been built; jq and Python may not be.
file(READ ${FILE} text)
string(JSON value GET "${text}" ${KEY})
execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${value}")
