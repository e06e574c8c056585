# SPDX-License-Identifier: GPL-3.0-or-later
# Flags shared by every target, and one helper a layer: the target's link line states what the layer may see.

add_library(bobbin_flags INTERFACE)
target_compile_definitions(bobbin_flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH QT_NO_KEYWORDS
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_STRICT_ITERATORS QT_NO_CONTEXTLESS_CONNECT
    QT_DISABLE_DEPRECATED_BEFORE=0x060400 BOBBIN_VERSION="${PROJECT_VERSION}")
if(MSVC)
    target_compile_options(bobbin_flags INTERFACE /W4 /permissive- /utf-8 /Zc:__cplusplus)
else()
    target_compile_options(bobbin_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=switch
                           -Werror=return-type)
endif()
if(BOBBIN_WERROR)
    target_compile_options(bobbin_flags INTERFACE $<IF:$<CXX_COMPILER_ID:MSVC>,/WX,-Werror>)
endif()
if(BOBBIN_SANITIZE)
    add_compile_options(-fsanitize=${BOBBIN_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${BOBBIN_SANITIZE})
    # Each program is half a gigabyte, and there are seventy: GNU's linker takes three times as long.
    find_program(BOBBIN_LLD ld.lld)
    if(BOBBIN_LLD AND UNIX AND NOT APPLE)
        add_link_options(-fuse-ld=lld)
    endif()
    if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
        add_compile_options(-fno-sanitize=function) # clang 14 rejects coroutines with it
    endif()
endif()

# bobbin_layer(name SOURCES … LINK … PRIVATE …): a static library that other layers include as "models/…" or "ui/…".
# It exports its own headers and no others, as one-line files that include the real ones: what is not on the link line
# is not found.
function(bobbin_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    set(exports ${CMAKE_BINARY_DIR}/exports/${name})
    foreach(source ${ARG_SOURCES})
        if(source MATCHES "\\.h$")
            cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE header)
            cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE place)
            # Relative where it can be, so that a compiler cache serves every checkout.
            cmake_path(SET export NORMALIZE ${exports}/${place})
            cmake_path(GET export PARENT_PATH from)
            cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${from} OUTPUT_VARIABLE real)
            file(CONFIGURE OUTPUT ${export} CONTENT "#include \"${real}\"\n" @ONLY)
        endif()
    endforeach()
    target_include_directories(${name} PUBLIC ${exports})
    target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_PRIVATE} bobbin_flags)
endfunction()
