package io.expunge.console;

import io.expunge.api.AuditApi;
import io.expunge.api.RunsApi;
import io.expunge.api.ScheduleApi;
import io.expunge.audit.Actor;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The processes that work, and the service itself. */
@Controller
class ServicePages {

    private final RunsApi runs;
    private final ScheduleApi schedules;
    private final AuditApi audit;
    private final JdbcClient jdbc;
    private final Environment environment;
    private final ObjectProvider<BuildProperties> build;

    ServicePages(
            RunsApi runs,
            ScheduleApi schedules,
            AuditApi audit,
            JdbcClient jdbc,
            Environment environment,
            ObjectProvider<BuildProperties> build) {
        this.runs = runs;
        this.schedules = schedules;
        this.audit = audit;
        this.jdbc = jdbc;
        this.environment = environment;
        this.build = build;
    }

    @GetMapping("/console/workers")
    String workers(Model model) {
        model.addAttribute("workers", Answer.of(runs.listWorkers()));
        return "console/workers";
    }

    @PreAuthorize("hasRole('ADMIN')")
    @GetMapping("/console/system")
    String system(Model model) {
        var facts = new TreeMap<String, String>();
        build.ifAvailable(built -> facts.put("Expunge", String.valueOf(built.getVersion())));
        facts.put("Java", System.getProperty("java.vm.version") + ", " + System.getProperty("java.vendor"));
        facts.put(
                "PostgreSQL",
                jdbc.sql("show server_version").query(String.class).single());
        facts.put(
                "Schema",
                jdbc.sql("select max(version) from flyway_schema_history where success")
                        .query(String.class)
                        .single());
        facts.put("Role of this process", environment.getProperty("expunge.role", "all"));
        var memory = Runtime.getRuntime();
        facts.put("Processors", String.valueOf(memory.availableProcessors()));
        model.addAttribute("used", memory.totalMemory() - memory.freeMemory());
        model.addAttribute("most", memory.maxMemory());
        model.addAttribute("facts", facts);
        model.addAttribute("tasks", Answer.of(schedules.listHouseTasks()));
        model.addAttribute("keys", Answer.of(audit.listSigningKeys()));
        model.addAttribute("zone", Actor.current().zone());
        return "console/system";
    }

    @PreAuthorize("hasRole('ADMIN')")
    @PostMapping("/console/system/signing-keys")
    String rotate(RedirectAttributes flash) {
        return Refused.act(
                flash,
                "/console/system",
                "A new key signs from now on; the private half of the one before is destroyed.",
                Map.of(),
                audit::rotateSigningKey);
    }
}
