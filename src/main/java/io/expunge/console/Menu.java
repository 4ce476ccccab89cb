package io.expunge.console;

import io.expunge.audit.Actor;
import java.util.Arrays;
import java.util.List;

/** The pages that there are, each for those whose roles let them see it. */
enum Menu {
    OVERVIEW("Overview", "/console", "Work", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN"),
    FORGET("Forget somebody", "/console/forget", "Work", "INTAKE", "PRIVACY_OFFICER"),
    REQUESTS("Requests", "/console/requests", "Work", "PRIVACY_OFFICER", "AUDITOR"),
    RUNS("Runs", "/console/runs", "Work", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR"),
    CERTIFICATES("Certificates", "/console/certificates", "Work", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR"),
    SCHEDULES("Standing orders", "/console/schedules", "Work", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR"),
    MODELS("Models", "/console/models", "Catalogue", "INTAKE", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN"),
    DATASETS("Data sets", "/console/datasets", "Catalogue", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR"),
    POLICIES("Policies", "/console/policies", "Catalogue", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR"),
    AUDIT("Audit log", "/console/audit", "Service", "PRIVACY_OFFICER", "AUDITOR", "ADMIN"),
    WORKERS("Workers", "/console/workers", "Service", "ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN"),
    WEBHOOKS("Webhooks", "/console/webhooks", "Service", "ADMIN"),
    SYSTEM("System", "/console/system", "Service", "ADMIN"),
    USERS("Users and API keys", "/console/users", "Service", "ADMIN");

    private final String title;
    private final String path;
    private final String group;
    private final String roles;

    Menu(String title, String path, String group, String... roles) {
        this.title = title;
        this.path = path;
        this.group = group;
        this.roles = String.join(" ", roles);
    }

    /** Pages under one heading. */
    record Group(String title, List<Menu> pages) {}

    static List<Group> of(Actor actor) {
        return Arrays.stream(values())
                .map(page -> page.group)
                .distinct()
                .map(group -> new Group(
                        group,
                        Arrays.stream(values())
                                .filter(page -> page.group.equals(group) && page.open(actor))
                                .toList()))
                .filter(group -> !group.pages().isEmpty())
                .toList();
    }

    boolean open(Actor actor) {
        return Arrays.stream(roles.split(" ", -1)).anyMatch(actor::has);
    }

    public String title() {
        return title;
    }

    public String path() {
        return path;
    }

    public String here() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
