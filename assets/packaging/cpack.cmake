# Packages: cpack -G DEB, RPM or TGZ (./bootstrap.sh package). With SOURCE_DATE_EPOCH set they are
# the same bit for bit wherever they are built; the umask would leak into the modes of directories.
set(CPACK_PACKAGE_NAME mirrorwise)
set(CPACK_PACKAGE_VENDOR "mirrorwise")
set(CPACK_PACKAGE_CONTACT "mirrorwise maintainers <maintainers@mirrorwise.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "put package tools on good mirrors, and take it back")
set(CPACK_PACKAGE_DESCRIPTION
"mirrorwise measures the mirrors of package tools (go, pip, Docker and
others), checks that they are honest and fresh, and applies a profile to all
tools in one transaction that can be previewed, verified, undone and audited.
It changes the bytes of the settings it owns and no others.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libcurl is opened when it is needed, which dpkg-shlibdeps cannot see.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libcurl4 (>= 7.85) | libcurl4t64 | libcurl3-gnutls (>= 7.85)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)

set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_GROUP "System Environment/Base")
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_REQUIRES "libcurl.so.4()(64bit)")
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
# The same bit for bit: no name of this machine, no time but the commit's.
set(CPACK_RPM_SPEC_MORE_DEFINE
"%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _build_id_links none")
# Folders of the system's own.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/zh_CN
    /usr/share/man/zh_CN/man1 /usr/share/man/zh_CN/man5 /usr/share/bash-completion
    /usr/share/bash-completion/completions /usr/share/zsh /usr/share/zsh/site-functions
    /usr/share/zsh/vendor-completions /usr/share/fish /usr/share/fish/vendor_completions.d)
set(CPACK_ARCHIVE_FILE_NAME mirrorwise-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
include(CPack)
