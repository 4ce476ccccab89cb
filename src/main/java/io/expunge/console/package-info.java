/** The admin web console: server-rendered pages over what the API does, with a session in place of a key. */
@ApplicationModule(
        allowedDependencies = {
            "access",
            "intake",
            "schedule",
            "evidence",
            "run",
            "erasure",
            "catalog",
            "method",
            "audit",
            "shared",
            "api"
        })
@NullMarked
package io.expunge.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
