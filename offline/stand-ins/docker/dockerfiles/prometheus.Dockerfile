# A static program is all that the image has.
FROM scratch
COPY prometheus /bin/prometheus
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
