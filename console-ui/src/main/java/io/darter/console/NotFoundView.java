package io.darter.console;

import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.component.icon.VaadinIcon;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.NotFoundException;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.router.RouterLink;
import jakarta.annotation.security.PermitAll;
import jakarta.servlet.http.HttpServletResponse;

/** What an address that leads nowhere shows. */
@ParentLayout(MainLayout.class)
@PermitAll
public final class NotFoundView extends Main implements HasErrorParameter<NotFoundException>, MainLayout.ConsoleView {
    private final Speech speech = Speech.here();

    public NotFoundView() {
        addClassName("view");
        var nothing = Marks.nothing(VaadinIcon.MAP_MARKER, speech.text("notFound.title"), speech.text("notFound.text"));
        nothing.add(new RouterLink(speech.text("notFound.back"), OverviewView.class));
        add(nothing);
    }

    @Override
    public String heading() {
        return speech.text("notFound.title");
    }

    @Override
    public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<NotFoundException> parameter) {
        return HttpServletResponse.SC_NOT_FOUND;
    }
}
